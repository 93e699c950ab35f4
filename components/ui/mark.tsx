/** The mark: a slab with its head cut aslant; two cuts leave an S standing. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 20 24" aria-hidden="true">
      <path d={markPath} />
    </svg>
  )
}

/** The outline of the mark in a box of 20 by 24, for drawings that hold it. */
export const markPath = 'M2 4.6 18 1v6.6H7.5v2H18V23H2v-6.6h10.5v-2H2z'
