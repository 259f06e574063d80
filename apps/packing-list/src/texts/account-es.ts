import type { accountEn } from './account-en.ts'

/** La cuenta y el dispositivo, en español. */
export const accountEs: typeof accountEn = {
  slogan: 'Listas de equipaje para compartir, con o sin cobertura.',
  opening: 'Abriendo tus listas',
  account: 'Cuenta',
  darkColours: 'Colores oscuros',
  lightColours: 'Colores claros',
  inspector: 'Para desarrolladores: el inspector',
  language: 'Idioma',
  newVersion: 'Hay una versión nueva.',
  reload: 'Cargarla',

  signIn: 'Iniciar sesión',
  tryAsGuest: 'Empezar sin cuenta',
  name: 'Nombre',
  email: 'Correo electrónico',
  password: 'Contraseña',
  showPassword: 'Mostrar lo que escribo',
  signingIn: {
    'sign-in': { title: 'Hola de nuevo', submit: 'Iniciar sesión', switch: 'No tengo cuenta' },
    'sign-up': { title: 'Crea una cuenta', submit: 'Crear cuenta', switch: 'Ya tengo cuenta' },
  },
  guestKept: 'Lo que haces se guarda en este dispositivo. En cuanto inicies sesión, vendrá contigo.',
  invited: 'Te han invitado a un viaje. Crea una cuenta o inicia sesión, y se abrirá.',
  letterSent: 'Te hemos enviado un correo. Abre su enlace para seguir.',
  signInErrors: {
    unreachable: 'No se puede llegar al servidor. Para iniciar sesión hace falta conexión.',
    unknown: 'No hay ninguna cuenta con este correo y esta contraseña.',
    taken: 'Ya hay una cuenta con este correo. Inicia sesión.',
    unconfirmed: 'Abre el enlace del correo que te enviamos y luego inicia sesión.',
    weak: 'Esta contraseña es demasiado fácil. Elige una más larga.',
    'too-often': 'Demasiados intentos. Espera un minuto e inténtalo de nuevo.',
    other: 'No ha funcionado. Inténtalo dentro de un rato.',
  },

  signOut: 'Cerrar sesión',
  signOutNow: '¿Cerrar sesión ahora?',
  onThisDeviceOnly: (count) => (count === 1 ? 'Hay 1 cambio solo en este dispositivo.' : `Hay ${count} cambios solo en este dispositivo.`),
  sendFirst: 'Enviar primero y cerrar sesión',
  keepHere: 'Guardar en este dispositivo y cerrar sesión',
  deleteHere: 'Borrar de este dispositivo y cerrar sesión',
  keptText: 'Lo guardado se enviará cuando vuelvas a iniciar sesión aquí; nadie más que use este dispositivo lo verá.',
  notAllSent: 'No se ha podido enviar todo ahora. La sesión sigue abierta.',
  signOutFailed: 'No se ha podido cerrar la sesión. Inténtalo de nuevo.',
}
