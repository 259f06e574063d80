import { Alert, Button, Card, Center, Image, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconLuggage, IconMailOpened } from '@tabler/icons-react'
import { useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { onEntered } from '../form.ts'
import { useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { LanguageLinks } from './language-links.tsx'
import { enter, type SignInError, type SignInMode } from './sign-in.ts'

interface SignInPageProps {
  /** Absent: what was asked for needs an account. */
  readonly onGuest?: () => void
}

export function SignInPage({ onGuest }: SignInPageProps) {
  const texts = useTexts()
  const isInvited = useLocation().pathname.startsWith('/join/')
  // Who follows an invitation is new here, more often than not.
  const [mode, setMode] = useState<SignInMode>(isInvited ? 'sign-up' : 'sign-in')
  const [progress, setProgress] = useState<'waiting' | 'busy' | 'letter' | SignInError>('waiting')
  const hasGuestWork = useAppSelector(({ sync, trips }) => sync.user === null && trips.ids.length > 0)
  const navigate = useNavigate()
  const words = texts.signingIn[mode]

  const submit = async (form: FormData) => {
    setProgress('busy')
    const result = await enter(mode, form)
    setProgress(result === 'entered' ? 'waiting' : result)
    if (result === 'entered' && window.location.pathname === '/sign-in') await navigate('/')
  }
  const switchMode = () => {
    setMode(mode === 'sign-in' ? 'sign-up' : 'sign-in')
    setProgress('waiting')
  }
  const told = progress === 'waiting' || progress === 'busy' ? null : progress === 'letter' ? texts.letterSent : texts.signInErrors[progress]

  return (
    <Center mih="100dvh" p="md">
      <title>{`${words.submit} · Stowaway`}</title>
      <Stack w="100%" maw={400} gap="lg">
        <Stack align="center" gap={4} ta="center">
          <Image src="/icon.svg" alt="" w={72} h={72} radius="lg" />
          <Title order={1} mt="xs">
            Stowaway
          </Title>
          <Text c="dimmed">{texts.slogan}</Text>
        </Stack>
        {isInvited && <Alert icon={<IconMailOpened aria-hidden />}>{texts.invited}</Alert>}
        {hasGuestWork && <Alert icon={<IconLuggage aria-hidden />}>{texts.guestKept}</Alert>}
        <Card withBorder radius="lg" padding="lg">
          <form onSubmit={onEntered((form) => void submit(form))}>
            <Stack>
              <Title order={2} size="h4">
                {words.title}
              </Title>
              {mode === 'sign-up' && <TextInput name="name" label={texts.name} autoComplete="name" required />}
              <TextInput name="email" type="email" label={texts.email} autoComplete="email" required />
              <PasswordInput
                name="password"
                label={texts.password}
                minLength={6}
                autoComplete={mode === 'sign-in' ? 'current-password' : 'new-password'}
                required
              />
              {told !== null && <Alert role="alert">{told}</Alert>}
              <Button type="submit" loading={progress === 'busy'}>
                {words.submit}
              </Button>
            </Stack>
          </form>
        </Card>
        <Button variant="subtle" onClick={switchMode}>
          {words.switch}
        </Button>
        {onGuest !== undefined && !isInvited && (
          <Button variant="subtle" color="gray" onClick={onGuest}>
            {texts.tryAsGuest}
          </Button>
        )}
        <LanguageLinks />
      </Stack>
    </Center>
  )
}
