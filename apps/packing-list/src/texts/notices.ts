import type { Need } from '@stowaway/sync/service-worker'

type Notices = Readonly<Record<Need['kind'], string>>

const en: Notices = {
  decisions: 'Some of your changes need a decision.',
  'sign-in': 'Sign in again so that your changes can be sent.',
}
const es: Notices = {
  decisions: 'Algunos de tus cambios necesitan una decisión.',
  'sign-in': 'Inicia sesión de nuevo para que tus cambios se puedan enviar.',
}

/** What the service worker says while no page is open. What was chosen on the page it cannot know: it goes by the browser's language. */
export const noticesIn = (languages: readonly string[]): Notices => (languages[0]?.startsWith('es') === true ? es : en)
