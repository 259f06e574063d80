import { AppShell, Center, Container, Loader } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { Route, Routes } from 'react-router'
import { SignInPage } from './account/sign-in-page.tsx'
import { Header } from './layout/header.tsx'
import { NotFoundPage } from './layout/not-found-page.tsx'
import { UpdatePrompt } from './layout/update-prompt.tsx'
import { RulesPage } from './rules/rules-page.tsx'
import { JoinPage } from './sharing/join-page.tsx'
import { useAppSelector } from './store.ts'
import { sync } from './sync.ts'
import { useTexts } from './texts/texts.ts'
import { TripPage } from './trips/trip-page.tsx'
import { TripsPage } from './trips/trips-page.tsx'

/** For developers: of no use to anybody else, and fetched when it is asked for. */
const SyncInspector = lazy(() => import('@stowaway/sync/inspector'))

export function App() {
  const texts = useTexts()
  const starting = useAppSelector((state) => state.sync.phase === 'starting')
  const user = useAppSelector((state) => state.sync.user)
  // A guest who has made something finds it again.
  const hasTrips = useAppSelector((state) => state.trips.ids.length > 0)
  const [isGuest, setIsGuest] = useState(false)
  if (starting) {
    return (
      <Center h="100dvh">
        <Loader aria-label={texts.opening} />
      </Center>
    )
  }
  // In place of whatever page was asked for, so that an invitation survives the sign-in.
  if (user === null && !isGuest && !hasTrips) {
    return (
      <main>
        <SignInPage onGuest={() => setIsGuest(true)} />
      </main>
    )
  }
  return (
    <AppShell header={{ height: 60 }} padding="md">
      <Header />
      <UpdatePrompt />
      <AppShell.Main>
        <Container size="md" p={0}>
          <Routes>
            <Route path="/" element={<TripsPage />} />
            <Route path="/trips/:tripId" element={<TripPage />} />
            <Route path="/rules" element={<RulesPage />} />
            <Route path="/join/:token" element={user === null ? <SignInPage /> : <JoinPage />} />
            <Route
              path="/inspector"
              element={
                <Suspense fallback={<Loader aria-label={texts.opening} />}>
                  <SyncInspector sync={sync} />
                </Suspense>
              }
            />
            <Route path="/sign-in" element={<SignInPage />} />
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </Container>
      </AppShell.Main>
    </AppShell>
  )
}
