import { Button, Card, Group, Stack, Table, Text } from '@mantine/core'
import type { Conflict } from '@stowaway/sync'
import { useAppSelector } from '../store.ts'
import { sync } from '../sync.ts'
import { fieldInWords, nameInWords, valueInWords } from './describe.ts'
import { conflictInWords } from './words.ts'

/** Disagreements that the policies leave to the user. */
export function ConflictList() {
  const conflicts = useAppSelector((state) => state.sync.conflicts)
  if (conflicts.length === 0) return null
  return (
    <section>
      <Text fw={600} mb={6}>
        Please decide
      </Text>
      <Stack component="ul" gap="xs" aria-label="Please decide">
        {conflicts.map((conflict) => (
          <Disagreement key={conflict.conflictId} conflict={conflict} />
        ))}
      </Stack>
    </section>
  )
}

function Disagreement({ conflict }: { readonly conflict: Conflict }) {
  const { conflictId, kind, fields } = conflict
  const name = useAppSelector((state) => nameInWords(state, conflict))
  return (
    <Card component="li" withBorder padding="sm" aria-label={name}>
      <Text fw={500}>{name}</Text>
      <Text size="sm" c="dimmed">
        {conflictInWords(kind)}
      </Text>
      {fields.length > 0 && <BothValues fields={fields} />}
      <Group gap="xs" mt="xs" grow>
        <Button variant="light" onClick={() => void sync.resolve(conflictId, 'local')}>
          Keep mine
        </Button>
        <Button variant="light" onClick={() => void sync.resolve(conflictId, 'remote')}>
          Keep theirs
        </Button>
      </Group>
    </Card>
  )
}

function BothValues({ fields }: Pick<Conflict, 'fields'>) {
  return (
    <Table fz="sm" mt="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Field</Table.Th>
          <Table.Th>Mine</Table.Th>
          <Table.Th>Theirs</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {fields.map(({ field, local, remote }) => (
          <Table.Tr key={field}>
            <Table.Td>{fieldInWords(field)}</Table.Td>
            <Value field={field} value={local} />
            <Value field={field} value={remote} />
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Value({ field, value }: { readonly field: string; readonly value: unknown }) {
  return <Table.Td>{useAppSelector((state) => valueInWords(state, field, value))}</Table.Td>
}
