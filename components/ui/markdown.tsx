import ReactMarkdown from 'react-markdown'
import rehypeSanitize from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'
import { htmlAsText } from './html-as-text'

/**
 * Text of other people, as Markdown. HTML in it is shown as text, what the sanitizer does not know is dropped, and
 * images are left out: loading one would tell its server who reads the page.
 */
export default function Markdown({ text }: { text: string }) {
  return (
    <ReactMarkdown
      remarkPlugins={[remarkGfm, htmlAsText]}
      rehypePlugins={[rehypeSanitize]}
      disallowedElements={['img']}
      components={{
        // The page has its own first and second headings; which level its writer began with is not known.
        h1: 'h3',
        h2: 'h3',
        h4: 'h3',
        h5: 'h3',
        h6: 'h3',
        a: ({ href, children }) => (
          <a href={href} rel="noopener noreferrer nofollow" target="_blank">
            {children}
          </a>
        ),
      }}
    >
      {text}
    </ReactMarkdown>
  )
}
