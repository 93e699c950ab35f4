import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import Markdown from './markdown'

const render = (text: string) => renderToStaticMarkup(<Markdown text={text} />)

/** Tags and attributes that a browser would see. */
function markupOf(html: string): string {
  return [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag).join('')
}

test('what people write it for is shown', () => {
  expect(render('# Title\n\n*text* [link](https://example.com/a?b=c)\n\n- [x] done\n\n| a |\n| - |\n| b |')).toMatch(
    /^<h3>Title<\/h3>\n<p><em>text<\/em> <a href="https:\/\/example.com\/a\?b=c" rel="noopener noreferrer nofollow" target="_blank">link<\/a><\/p>/,
  )
})

test.each([
  ['a script', '<script>alert(1)</script>'],
  ['an event handler', '<img src=x onerror=alert(1)>'],
  ['an inline picture with a script', '<svg onload=alert(1)><script>alert(1)</script></svg>'],
  ['a frame', '<iframe srcdoc="<script>alert(1)</script>"></iframe>'],
  ['a style', '<style>body{display:none}</style><p style="position:fixed">x</p>'],
  ['a form', '<form action="https://evil.test"><input name=password></form>'],
  ['a base', '<base href="https://evil.test/">'],
  ['a refresh', '<meta http-equiv=refresh content="0;url=https://evil.test">'],
  ['MathML', '<math><mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></mtext></math>'],
  ['an unclosed tag', '<img src=x onerror=alert(1)//'],
  ['a comment', '<!--><script>alert(1)</script>-->'],
])('HTML is text: %s', (_, text) => {
  const html = render(text)
  expect(markupOf(html).replace(/<\/?p>/g, '')).toBe('')
})

test.each([
  ['in a line', 'docker pull shop:<version> now', '<p>docker pull shop:&lt;version&gt; now</p>'],
  ['in a heading', '# shop:<version>', '<h3>shop:&lt;version&gt;</h3>'],
  ['in emphasis', '**<name>**', '<p><strong>&lt;name&gt;</strong></p>'],
  ['in a link', '[<name>](https://example.com)', '>&lt;name&gt;</a>'],
  ['in a list', '- <name>', '<ul>\n<li>&lt;name&gt;</li>\n</ul>'],
  ['in a quote', '> <name>', '<blockquote>\n<p>&lt;name&gt;</p>\n</blockquote>'],
  ['in a table', '| a |\n| - |\n| <name> |', '<td>&lt;name&gt;</td>'],
  ['alone on its line', 'a\n\n<version>\n\nb', '<p>a</p>\n<p>&lt;version&gt;</p>\n<p>b</p>'],
  ['a closing one', 'a </version> b', '<p>a &lt;/version&gt; b</p>'],
  ['a comment', 'a <!-- b --> c', '<p>a &lt;!-- b --&gt; c</p>'],
  ['an instruction', 'a <?php b ?> c', '<p>a &lt;?php b ?&gt; c</p>'],
  [
    'several lines',
    '<dependency>\n  <version>1</version>\n</dependency>',
    '<p>&lt;dependency&gt;<br/>\n&lt;version&gt;1',
  ],
])('what looks like HTML is shown as written: %s', (_, text, shown) => {
  expect(render(text)).toContain(shown)
})

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  '&#106;avascript:alert(1)',
  'java&Tab;script:alert(1)',
  'java&NewLine;script:alert(1)',
  '&#x01;javascript:alert(1)',
  'vbscript:msgbox(1)',
  'data:text/html,<script>alert(1)</script>',
  'data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==',
  'blob:https://hub.test/1',
  'file:///etc/passwd',
  'feed:javascript:alert(1)',
])('a link to %s leads nowhere', (target) => {
  for (const text of [`[x](<${target}>)`, `[x](${target})`, `<${target}>`, `[x][1]\n\n[1]: ${target}`]) {
    const hrefs = [...render(text).matchAll(/href="([^"]*)"/g)].map(([, href]) => href ?? '')
    for (const href of hrefs) expect(href, text).toMatch(/^(?:$|#|%20|&amp;)/)
  }
})

test('no picture is loaded: its server would learn who reads the page', () => {
  const text = '![a](https://evil.test/a.png) ![b][b] [![c](//evil.test/c.png)](https://example.com)\n\n[b]: /b.png'
  expect(markupOf(render(text))).not.toMatch(/<img|src=|evil/)
})

test('an id that text makes cannot be taken for one of the page', () => {
  const html = render('[^location]: note\n\ntext[^location]\n\n<a id="cookie" name="body">x</a>')
  const ids = [...html.matchAll(/ (?:id|name)="([^"]*)"/g)].map(([, id]) => id ?? '')
  expect(ids.length).toBeGreaterThan(0)
  for (const id of ids) expect(id).toMatch(/^user-content-/)
})
