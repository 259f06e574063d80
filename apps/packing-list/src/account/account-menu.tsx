import { ActionIcon, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { selectUnsynced } from '@stowaway/sync'
import { IconLanguage, IconListCheck, IconLogin, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react'
import { Link, useNavigate } from 'react-router'
import { useAppSelector } from '../store.ts'
import { sync } from '../sync.ts'
import { chooseLanguage, otherLanguages, useLanguage, useTexts } from '../texts/texts.ts'
import { SignOutDialog } from './sign-out-dialog.tsx'
import { useEmail } from './use-email.ts'

export function AccountMenu() {
  const unsynced = useAppSelector(selectUnsynced)
  const isGuest = useAppSelector((state) => state.sync.user === null)
  const [asking, dialog] = useDisclosure(false)
  const dark = useComputedColorScheme('light') === 'dark'
  const { setColorScheme } = useMantineColorScheme()
  const [texts, language] = [useTexts(), useLanguage()]
  const email = useEmail()
  const navigate = useNavigate()
  /** The next user begins at home. */
  const goHome = () => void navigate('/')
  /** This device only: it works without a connection, and other devices stay signed in. Work that came since the menu opened is asked about. */
  const signOut = () => void sync.signOut().then(goHome, dialog.open)
  return (
    <>
      <Menu position="bottom-end" shadow="md" width={230}>
        <Menu.Target>
          <ActionIcon aria-label={texts.account}>
            <IconUserCircle aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {email !== undefined && <Menu.Label>{email}</Menu.Label>}
          <Menu.Item component={Link} to="/rules" leftSection={<IconListCheck size={20} aria-hidden />}>
            {texts.myRules}
          </Menu.Item>
          {otherLanguages(language).map(({ code, name }) => (
            <Menu.Item key={code} lang={code} leftSection={<IconLanguage size={20} aria-hidden />} onClick={() => chooseLanguage(code)}>
              {name}
            </Menu.Item>
          ))}
          <Menu.Item
            leftSection={dark ? <IconSun size={20} aria-hidden /> : <IconMoon size={20} aria-hidden />}
            onClick={() => setColorScheme(dark ? 'light' : 'dark')}
          >
            {dark ? texts.lightColours : texts.darkColours}
          </Menu.Item>
          {isGuest ? (
            <Menu.Item component={Link} to="/sign-in" leftSection={<IconLogin size={20} aria-hidden />}>
              {texts.signIn}
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<IconLogout size={20} aria-hidden />} onClick={unsynced > 0 ? dialog.open : signOut}>
              {texts.signOut}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <SignOutDialog opened={asking} onClose={dialog.close} onLeft={goHome} />
    </>
  )
}
