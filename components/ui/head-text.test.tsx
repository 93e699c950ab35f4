import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { HeadText } from './head-text'

/** The parts that stay whole, in the order of the text. */
function partsOf(text: string): string[] {
  return [...renderToStaticMarkup(<HeadText text={text} />).matchAll(/nowrap">([^<]+)</g)].map(([, part]) => part ?? '')
}

test.each([
  ['Tags', ['Tags']],
  ['镜像版本', ['镜像版本']],
  ['Last Log-On', ['Last', 'Log-On']],
  ['Default Repository Type', ['Default', 'Repository Type']],
  ['Create Repositories on Push', ['Create Repositories', 'on Push']],
])('the head %s has at most two lines, and breaks at a space only', (text, parts) => {
  expect(partsOf(text)).toEqual(parts)
})

test('the text of a head is as it was', () => {
  const markup = renderToStaticMarkup(<HeadText text="Default Tag Immutability" />)
  expect(markup.replaceAll(/<[^>]*>/g, '')).toBe('Default Tag Immutability')
})
