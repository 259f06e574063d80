import type { OpenTabs } from './ports.ts'

/** For a device with a single process (React Native, Node): it always leads, and there is nobody to tell. */
export const alone: OpenTabs = () => ({
  campaign: ({ lead }) => {
    void lead()
    return { takeOver: () => {}, resign: () => {} }
  },
  tell: () => {},
  listen: () => () => {},
  isHidden: () => false,
  close: () => {},
})
