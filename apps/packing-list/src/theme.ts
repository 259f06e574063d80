import { ActionIcon, createTheme, Modal, PasswordInput, TextInput, type MantineColorsTuple, type MantineThemeOverride } from '@mantine/core'
import type { Texts } from './texts/texts.ts'

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

/** What Mantine takes as properties, and its own texts; colours that go by light and dark are in `global.css`. */
export const themeIn = (texts: Texts): MantineThemeOverride =>
  createTheme({
    primaryColor: 'lagoon',
    primaryShade: 7,
    colors: { lagoon, amber, dark },
    defaultRadius: 'md',
    respectReducedMotion: true,
    headings: { fontWeight: '650' },
    components: {
      ActionIcon: ActionIcon.extend({ defaultProps: { size: touch, variant: 'subtle', color: 'gray' } }),
      // A dialog's head is no banner of the page.
      Modal: Modal.extend({ defaultProps: { centered: true, radius: 'lg', closeButtonProps: { 'aria-label': texts.close, size: touch }, attributes: { header: { role: 'none' } } } }),
      PasswordInput: PasswordInput.extend({ defaultProps: { size: 'md', withAsterisk: false, visibilityToggleButtonProps: { 'aria-label': texts.showPassword, size: touch } } }),
      TextInput: TextInput.extend({ defaultProps: { size: 'md', withAsterisk: false } }),
    },
  })
