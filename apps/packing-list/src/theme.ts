import {
  ActionIcon,
  Button,
  createTheme,
  Menu,
  Modal,
  PasswordInput,
  TextInput,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core'

/** White text on shade 7 has a contrast of 6.3 to 1. */
const lagoon: MantineColorsTuple = [
  '#e9f6f5', '#d5eae8', '#a9d5d1', '#79bfb9', '#53ada5', '#3ba199', '#2a8f88', '#0f6b66', '#0a5a55', '#044743',
]

/** For what needs the user: as dark as `lagoon`, where an ordinary orange cannot be read. */
const amber: MantineColorsTuple = [
  '#fdf1e3', '#fae3c8', '#f4c894', '#edaa5c', '#e7902f', '#c9741a', '#b05f10', '#954d09', '#7d3f06', '#5f2f03',
]

/** The greys of the dark scheme, with a breath of the sea. */
const dark: MantineColorsTuple = [
  '#d8dfe1', '#bcc6ca', '#9aa6ab', '#78868c', '#3b484d', '#303c41', '#242d31', '#1d2528', '#15191b', '#0f1315',
]

/** A finger needs 44 px. */
const touch = 44

export const theme = createTheme({
  primaryColor: 'lagoon',
  primaryShade: 7,
  colors: { lagoon, amber, dark },
  defaultRadius: 'md',
  headings: { fontWeight: '650' },
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { size: touch, variant: 'subtle', color: 'gray' } }),
    Button: Button.extend({ styles: { root: { minHeight: touch } } }),
    Menu: Menu.extend({ styles: { item: { minHeight: touch } } }),
    Modal: Modal.extend({
      // A dialog's head is no banner of the page.
      defaultProps: { centered: true, radius: 'lg', closeButtonProps: { 'aria-label': 'Close', size: touch }, attributes: { header: { role: 'none' } } },
      styles: { title: { fontSize: 'var(--mantine-font-size-lg)', fontWeight: 650 } },
    }),
    PasswordInput: PasswordInput.extend({
      defaultProps: {
        size: 'md',
        withAsterisk: false,
        visibilityToggleButtonProps: { 'aria-label': 'Show what I type', size: touch },
      },
    }),
    TextInput: TextInput.extend({ defaultProps: { size: 'md', withAsterisk: false } }),
  },
})

/** Cards lie on a page that is a little darker than they are, warm by day. */
export const colors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--page': '#f7f5f1',
    '--mantine-color-default-border': '#e5e0d8',
    '--mantine-color-dimmed': '#66625b',
    '--mantine-color-placeholder': '#7b766e',
    '--mantine-color-red-filled': '#b42525',
    '--mantine-color-red-light-color': '#b42525',
  },
  dark: {
    '--page': 'var(--mantine-color-dark-8)',
    '--mantine-color-dimmed': 'var(--mantine-color-dark-2)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-2)',
    '--mantine-color-red-filled': '#b42525',
    '--mantine-color-red-light-color': '#ff9d9d',
    '--mantine-color-lagoon-light': '#17393a',
    '--mantine-color-lagoon-light-hover': '#1c4546',
    '--mantine-color-lagoon-light-color': 'var(--mantine-color-lagoon-2)',
    '--mantine-color-amber-light': '#43301a',
    '--mantine-color-amber-light-hover': '#513a20',
    '--mantine-color-amber-light-color': 'var(--mantine-color-amber-2)',
  },
})
