import { Button, Card, Group, Table, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Conflict, FieldConflict } from '@stowaway/sync'
import { useKeptFocus } from '../layout/use-kept-focus.ts'
import { sync } from '../sync.ts'
import { fieldInWords, nameInWords, userName, valueInWords } from '../texts/telling.ts'
import { useTexts } from '../texts/texts.ts'
import { useAgo, useTold } from '../texts/use-telling.ts'
import { useDecide } from './decide.ts'
import { panelOf } from './looks.ts'
import { isTyped, MergeForm } from './merge-form.tsx'

/** Both sides of one disagreement, with who made the other one and when; one of them stays, or something of both. */
export function ConflictCard({ conflict }: { readonly conflict: Conflict }) {
  const { conflictId, kind, fields } = conflict
  const texts = useTexts()
  const decide = useDecide()
  const card = useKeptFocus<HTMLLIElement>(panelOf)
  const [merging, form] = useDisclosure(false)
  const name = useTold((telling) => nameInWords(conflict, telling))
  const cancel = () => {
    form.close()
    card.current?.focus()
  }
  return (
    <Card component="li" ref={card} tabIndex={-1} style={{ outline: 'none' }} withBorder padding="sm" aria-label={name}>
      <Text fw={500}>{name}</Text>
      <Text size="sm" c="dimmed">
        {texts.conflicts[kind]}
      </Text>
      {fields.length > 0 && !merging && <BothValues fields={fields} />}
      {merging ? (
        <MergeForm conflict={conflict} onCancel={cancel} />
      ) : (
        <Group gap="xs" mt="xs" grow>
          <Button variant="light" onClick={() => decide(sync.resolve(conflictId, 'local'))}>
            {texts.keepMine}
          </Button>
          <Button variant="light" onClick={() => decide(sync.resolve(conflictId, 'remote'))}>
            {texts.keepTheirs}
          </Button>
        </Group>
      )}
      {(fields.length > 1 || fields.some(({ local, remote }) => isTyped(local, remote))) && !merging && (
        <Button variant="subtle" mt={6} fullWidth onClick={form.open}>
          {fields.length > 1 ? texts.merge : texts.other}
        </Button>
      )}
    </Card>
  )
}

function BothValues({ fields }: Pick<Conflict, 'fields'>) {
  const texts = useTexts()
  return (
    <Table fz="sm" mt="xs" layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{texts.field}</Table.Th>
          <Table.Th>{texts.mine}</Table.Th>
          <Table.Th>{texts.theirs}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {fields.map((field) => (
          <FieldRow key={field.field} field={field} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

function FieldRow({ field: { field, local, remote, remoteEdit } }: { readonly field: FieldConflict }) {
  const texts = useTexts()
  const ago = useAgo()
  const mine = useTold((telling) => valueInWords(field, local, telling))
  const theirs = useTold((telling) => valueInWords(field, remote, telling))
  const who = useTold((telling) => userName(remoteEdit?.by ?? null, telling))
  return (
    <Table.Tr>
      <Table.Td>{fieldInWords(field, texts)}</Table.Td>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{mine}</Table.Td>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        {theirs}
        {remoteEdit !== null && (
          <Text size="xs" c="dimmed">
            {texts.changedBy(who, ago(remoteEdit.time))}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
