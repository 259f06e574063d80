import { Alert, Button, Card, Center, Image, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { onEntered } from '../form.ts'
import { useTexts } from '../texts/texts.ts'
import { enter, signInWords, type SignInMode } from './sign-in.ts'

type Progress = { readonly kind: 'waiting' } | { readonly kind: 'busy' } | { readonly kind: 'told'; readonly text: string }

interface SignInPageProps {
  /** Absent: what was asked for needs an account. */
  readonly onGuest?: () => void
}

export function SignInPage({ onGuest }: SignInPageProps) {
  const [mode, setMode] = useState<SignInMode>('sign-in')
  const [progress, setProgress] = useState<Progress>({ kind: 'waiting' })
  const navigate = useNavigate()
  const words = signInWords[mode]
  const texts = useTexts()

  const submit = async (form: FormData) => {
    setProgress({ kind: 'busy' })
    const text = await enter(mode, form)
    setProgress(text === null ? { kind: 'waiting' } : { kind: 'told', text })
    if (text === null && window.location.pathname === '/sign-in') await navigate('/')
  }

  const switchMode = () => {
    setMode(words.other)
    setProgress({ kind: 'waiting' })
  }

  return (
    <Center mih="100dvh" p="md">
      <title>{`${words.submit} · Stowaway`}</title>
      <Stack w="100%" maw={400} gap="lg">
        <Stack align="center" gap={4} ta="center">
          <Image src="/icon.svg" alt="" w={72} h={72} radius="lg" />
          <Title order={1} mt="xs">
            Stowaway
          </Title>
          <Text c="dimmed">Packing lists you share, with or without a signal.</Text>
        </Stack>
        <Card withBorder radius="lg" padding="lg">
          <form onSubmit={onEntered((form) => void submit(form))}>
            <Stack>
              <Title order={2} size="h4">
                {words.title}
              </Title>
              {mode === 'sign-up' && <TextInput name="name" label="Name" autoComplete="name" required />}
              <TextInput name="email" type="email" label="Email" autoComplete="email" required />
              <PasswordInput
                name="password"
                label="Password"
                minLength={6}
                autoComplete={words.passwordKind}
                required
              />
              {progress.kind === 'told' && <Alert role="alert">{progress.text}</Alert>}
              <Button type="submit" loading={progress.kind === 'busy'}>
                {words.submit}
              </Button>
            </Stack>
          </form>
        </Card>
        <Button variant="subtle" onClick={switchMode}>
          {words.switch}
        </Button>
        {onGuest !== undefined && (
          <Button variant="subtle" color="gray" onClick={onGuest}>
            {texts.tryAsGuest}
          </Button>
        )}
      </Stack>
    </Center>
  )
}
