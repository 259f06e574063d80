import { ActionIcon, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react'
import { useNavigate } from 'react-router'
import { useAppSelector } from '../store.ts'
import { supabase } from '../supabase.ts'
import { SignOutDialog } from './sign-out-dialog.tsx'
import { useEmail } from './use-email.ts'

export function AccountMenu() {
  const pending = useAppSelector((state) => state.sync.pending)
  const [asking, dialog] = useDisclosure(false)
  const dark = useComputedColorScheme('light') === 'dark'
  const { setColorScheme } = useMantineColorScheme()
  const email = useEmail()
  const navigate = useNavigate()
  /** This device only: it works without a connection, and other devices stay signed in. The next user begins at home. */
  const signOut = () => {
    void navigate('/')
    void supabase.auth.signOut({ scope: 'local' })
  }
  return (
    <>
      <Menu position="bottom-end" shadow="md" width={230}>
        <Menu.Target>
          <ActionIcon aria-label="Account">
            <IconUserCircle aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {email !== undefined && <Menu.Label>{email}</Menu.Label>}
          <Menu.Item
            leftSection={dark ? <IconSun size={20} aria-hidden /> : <IconMoon size={20} aria-hidden />}
            onClick={() => setColorScheme(dark ? 'light' : 'dark')}
          >
            {dark ? 'Light colours' : 'Dark colours'}
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={20} aria-hidden />} onClick={pending > 0 ? dialog.open : signOut}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <SignOutDialog opened={asking} pending={pending} onClose={dialog.close} onSignOut={signOut} />
    </>
  )
}
