/**
 * Runs in the browser: what a person cannot read or reach on the page as it is, in words. In a dialog or a popover that is
 * open, only what is there: the rest is behind it.
 */
export async function findLost(): Promise<string[]> {
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  // One looks at what a menu hangs from. The tables and popups measure their room.
  const hanging = document.querySelector('[popover]:popover-open:not(.toasts)')
  if (hanging) document.querySelector(`[popovertarget="${hanging.id}"]`)?.scrollIntoView({ block: 'center' })
  await frame()
  const problems = new Set<string>()
  const styles = new Map<Element, CSSStyleDeclaration>()
  const styleOf = (element: Element) => {
    const known = styles.get(element)
    if (known) return known
    const style = getComputedStyle(element)
    styles.set(element, style)
    return style
  }
  const ancestors = function* (element: Element | null) {
    for (let at = element; at; at = at.parentElement) yield at
  }
  const isShown = (element: Element) =>
    element.checkVisibility({ visibilityProperty: true }) &&
    element.getClientRects().length > 0 &&
    !element.closest('.sr-only, .skip')
  const called = (element: Element) => {
    const text = element.getAttribute('aria-label') ?? element.textContent.trim()
    const classes = element.getAttribute('class')
    return `${element.tagName.toLowerCase()}${classes ? `.${classes.split(' ').join('.')}` : ''} “${text.slice(0, 40)}”`
  }
  const scrolls = (element: Element) => /auto|scroll/.test(styleOf(element).overflowX)
  /** What may be wider than its room: tables and code. */
  const mayScroll = 'pre, .content-text, .table-scroll, .manual-table, .chart-table > div'

  const floats = [...document.querySelectorAll('dialog[open], [popover]:popover-open:not(.toasts)')]
  const scope = floats.at(-1) ?? document.body

  const { scrollWidth } = document.documentElement
  if (scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll('body *')].find(
      (one) => one.getBoundingClientRect().right > innerWidth + 1,
    )
    problems.add(`the page is ${scrollWidth - innerWidth} px too wide: ${wide ? called(wide) : ''}`)
  }
  for (const float of floats) {
    const { left, top, right, bottom } = float.getBoundingClientRect()
    if (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1) {
      problems.add(`out of the window: ${called(float)}`)
    }
    const body = float.querySelector('.dialog-body')
    // Three lines of text and what is between them: less is no room to read a form in.
    if (body && body.scrollHeight > body.clientHeight + 1 && body.clientHeight < 96) {
      problems.add(`only ${body.clientHeight} px to read in: ${called(float)}`)
    }
  }

  const elements = [...scope.querySelectorAll('*')].filter(isShown)
  for (const element of elements) {
    if (element.closest('svg')) continue
    const style = styleOf(element)
    if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) {
      if (scrolls(element) && !element.matches(mayScroll)) problems.add(`scrolls sideways: ${called(element)}`)
      const isCut = /hidden|clip/.test(style.overflowX) && !element.matches('input, select, textarea')
      const title = element.closest('[title]') ?? element.querySelector('[title]')
      if (isCut && !title && !element.closest('.mid, [aria-hidden=true]'))
        problems.add(`cut at its end: ${called(element)}`)
    }
    if (element.scrollHeight > element.clientHeight + 2 && element.clientHeight > 0) {
      if (/hidden|clip/.test(style.overflowY) && !element.matches('input, select'))
        problems.add(`cut at its foot: ${called(element)}`)
    }
  }

  // Texts: in their boxes, in the window, and not over each other.
  const lines: { text: string; layer: Element; owner: Element; box: DOMRect }[] = []
  const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const owner = node.parentElement
    if (!owner || !node.textContent?.trim() || !isShown(owner) || owner.closest('svg, option')) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const layer = [...ancestors(owner)].find((at) => /sticky|fixed/.test(styleOf(at).position) || at === scope) ?? scope
    const control = owner.closest('button, .button, .badge, .pane-link, .menu-item, [role=option]')
    for (const line of range.getClientRects()) {
      let { left, right, top, bottom } = line
      for (const at of ancestors(owner)) {
        if (at === document.body) break
        if (styleOf(at).overflowX === 'visible') continue
        const box = at.getBoundingClientRect()
        left = Math.max(left, box.left)
        right = Math.min(right, box.right)
        top = Math.max(top, box.top)
        bottom = Math.min(bottom, box.bottom)
      }
      if (right - left < 1 || bottom - top < 1) continue
      lines.push({ text: node.textContent, layer, owner, box: new DOMRect(left, top, right - left, bottom - top) })
      const isWide = left < -1 || right > innerWidth + 1
      if (isWide && ![...ancestors(owner)].some((at) => at.matches(mayScroll)))
        problems.add(`beside the window: ${called(owner)}`)
      if (!control) continue
      const box = control.getBoundingClientRect()
      const out = Math.max(box.top - line.top, line.bottom - box.bottom, box.left - left, right - box.right)
      // The boxes of letters are taller than the letters.
      if (out > 3) problems.add(`larger than its control by ${Math.round(out)} px: ${called(control)}`)
    }
  }
  for (const [at, one] of lines.entries()) {
    for (const other of lines.slice(at + 1)) {
      if (one.owner === other.owner || one.layer !== other.layer) continue
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left)
      const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top)
      if (across > 1 && down > 5) problems.add(`“${one.text.slice(0, 30)}” lies over “${other.text.slice(0, 30)}”`)
    }
  }

  // Controls: each gets the focus, comes into sight by that, and nothing lies over it.
  const before = document.activeElement
  const boxes = [scope, ...scope.querySelectorAll('*')].map(
    (element) => [element, element.scrollTop, element.scrollLeft] as const,
  )
  const at = [scrollX, scrollY] as const
  const stops = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]'
  for (const element of scope.querySelectorAll<HTMLElement>(stops)) {
    if (!isShown(element) || element.matches(':disabled, .card-link') || element.closest('[inert]')) continue
    element.focus()
    if (document.activeElement !== element) continue
    const label = element.closest('label') ?? element
    const { left, top, right, bottom } = (element.matches('input') ? label : element).getBoundingClientRect()
    const points = [0.1, 0.5, 0.9].flatMap((x) =>
      [0.2, 0.5, 0.8].map((y) => [left + (right - left) * x, top + (bottom - top) * y] as const),
    )
    const seen = points.filter(([x, y]) => {
      const hit = document.elementFromPoint(x, y)
      return (
        hit !== null &&
        (element.contains(hit) || label.contains(hit) || (hit.contains(element) && hit === element.parentElement))
      )
    })
    if (seen.length === 0) {
      const [x, y] = points[4] ?? [0, 0]
      const over = document.elementFromPoint(x, y)
      problems.add(`cannot be reached: ${called(element)}, under ${over ? called(over) : 'nothing: out of the window'}`)
    }
  }
  if (before instanceof HTMLElement) before.focus({ preventScroll: true })
  for (const [element, top, left] of boxes)
    if (element.scrollTop !== top || element.scrollLeft !== left) element.scrollTo(left, top)
  scrollTo(...at)
  return [...problems]
}
