import type { SignInError, SignInMode } from '../account/sign-in.ts'

/** The account and the device, in English. */
export const accountEn = {
  slogan: 'Packing lists you share, with or without a signal.',
  opening: 'Opening your lists',
  account: 'Account',
  darkColours: 'Dark colours',
  lightColours: 'Light colours',
  inspector: 'For developers: the sync inspector',
  language: 'Language',
  newVersion: 'A new version is ready.',
  reload: 'Load it',

  signIn: 'Sign in',
  tryAsGuest: 'Start without an account',
  name: 'Name',
  email: 'Email',
  password: 'Password',
  showPassword: 'Show what I type',
  signingIn: {
    'sign-in': { title: 'Welcome back', submit: 'Sign in', switch: 'I am new here' },
    'sign-up': { title: 'Make an account', submit: 'Create account', switch: 'I have an account' },
  } as Readonly<Record<SignInMode, { readonly title: string; readonly submit: string; readonly switch: string }>>,
  guestKept: 'What you make is kept on this device. Once you sign in, it comes along.',
  invited: 'You are invited to a trip. Make an account, or sign in, and it opens.',
  letterSent: 'We have sent you a letter. Open its link to go on.',
  signInErrors: {
    unreachable: 'The server cannot be reached. Signing in needs a connection.',
    unknown: 'No account has this email and password.',
    taken: 'There is an account with this email. Sign in instead.',
    unconfirmed: 'Open the link in the letter that we sent to you, then sign in.',
    weak: 'This password is too easy to guess. Take a longer one.',
    'too-often': 'Those were too many attempts. Wait a minute, then try again.',
    other: 'That did not work. Try again in a while.',
  } as Readonly<Record<SignInError, string>>,

  signOut: 'Sign out',
  signOutNow: 'Sign out now?',
  onThisDeviceOnly: (count: number) => (count === 1 ? '1 change is on this device only.' : `${count} changes are on this device only.`),
  sendFirst: 'Send first, then sign out',
  keepHere: 'Keep on this device and sign out',
  deleteHere: 'Delete from this device and sign out',
  keptText: 'What is kept goes out when you sign in here again; nobody else who uses this device sees it.',
  notAllSent: 'Not everything could be sent just now. You are still signed in.',
  signOutFailed: 'Signing out did not work. Try again.',
}
