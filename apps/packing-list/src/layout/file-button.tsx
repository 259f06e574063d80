import { Alert, Button, FileButton as Chooser, Modal } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { FileError } from '@stowaway/model'
import { useRef, useState } from 'react'
import { useTexts } from '../texts/texts.ts'

interface FileButtonProps {
  readonly label: string
  /** May throw a FileError, whose sentence is shown. */
  readonly onText: (text: string) => void
}

/** Opens a file and hands over what is in it; says in a sentence what is wrong with it. */
export function FileButton({ label, onText }: FileButtonProps) {
  const texts = useTexts()
  const [problem, setProblem] = useState<FileError | null>(null)
  const reset = useRef<() => void>(null)
  const open = async (file: File | null) => {
    if (file === null) return
    // So that the same file can be chosen again once it is mended.
    reset.current?.()
    try {
      onText(await file.text())
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      setProblem(error)
    }
  }
  return (
    <>
      <Chooser accept="application/json,.json" resetRef={reset} onChange={(file) => void open(file)}>
        {(props) => (
          <Button {...props} variant="default" leftSection={<IconUpload size={20} aria-hidden />}>
            {label}
          </Button>
        )}
      </Chooser>
      <Modal opened={problem !== null} onClose={() => setProblem(null)} title={label}>
        <Alert role="alert" color="red">
          {problem !== null && texts.fileErrors[problem.code](problem.place)}
        </Alert>
      </Modal>
    </>
  )
}
