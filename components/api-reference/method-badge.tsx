import { classNames } from '../ui/class-names'

/** The HTTP method of an operation. Its word says it; the colour only sets apart what changes something. */
export function MethodBadge({ method }: { method: string }) {
  return (
    <span
      className={classNames(
        'badge method',
        method !== 'GET' && 'badge--accent',
        method === 'DELETE' && 'badge--danger',
      )}
    >
      {method}
    </span>
  )
}
