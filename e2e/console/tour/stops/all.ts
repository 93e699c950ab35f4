import type { Stop } from '../tour'
import { accessStops } from './access'
import { accountStops } from './account'
import { administrationStops } from './administration'
import { frameStops } from './frame'
import { imageStops } from './image'
import { instanceStops } from './instance'
import { repositoryStops } from './repository'

interface Leg {
  name: string
  stops: readonly Stop[]
  /** Whether it begins logged off. */
  isAnonymous?: true
}

/** Every page of the console and everything that opens on one, in legs of about the same length. */
export const legs: readonly Leg[] = [
  { name: 'the frame and the instances', stops: frameStops },
  { name: 'an instance', stops: instanceStops },
  { name: 'a repository', stops: [...repositoryStops, ...imageStops] },
  { name: 'access', stops: accessStops },
  { name: 'the administration and the manual', stops: administrationStops },
  { name: 'one’s own account', stops: accountStops, isAnonymous: true },
]
