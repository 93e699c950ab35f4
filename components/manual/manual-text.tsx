import ReactMarkdown from 'react-markdown'
import rehypeSlug from 'rehype-slug'
import remarkGfm from 'remark-gfm'
import { ManualCode } from './manual-code'
import { Link } from '../ui/link'

interface ManualTextProps {
  text: string
  /** Where a link leads; null: nowhere in the console. */
  hrefOf: (href: string) => string | null
}

/** A page of the manual. Its headings have the anchors that links to them name. The page's title is left out. */
export function ManualText({ text, hrefOf }: ManualTextProps) {
  return (
    <div className="markdown manual">
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={[rehypeSlug]}
        disallowedElements={['img', 'h1']}
        components={{
          a: ({ href, children }) => {
            const target = hrefOf(href ?? '')
            if (target === null) return <span>{children}</span>
            if (target.startsWith('/')) return <Link href={target}>{children}</Link>
            return (
              <a href={target} {...(!target.startsWith('#') && { rel: 'noopener noreferrer', target: '_blank' })}>
                {children}
              </a>
            )
          },
          // Focusable, so that the keyboard can scroll what is wide.
          table: ({ children }) => (
            <div className="manual-table" tabIndex={0} role="group">
              <table>{children}</table>
            </div>
          ),
          pre: ({ node }) => <ManualCode text={textOf(node).replace(/\n$/, '')} />,
        }}
      >
        {text}
      </ReactMarkdown>
    </div>
  )
}

interface TextNode {
  type: string
  value?: string
  children?: readonly TextNode[]
}

function textOf(node: TextNode | undefined): string {
  return node?.value ?? node?.children?.map(textOf).join('') ?? ''
}
