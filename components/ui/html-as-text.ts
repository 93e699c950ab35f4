/** A node of a Markdown tree, as far as it matters here. */
interface MarkdownNode {
  type: string
  value?: string
  children?: MarkdownNode[]
}

/** Nodes that hold blocks. The children of all others are words. */
const blockParents: readonly string[] = ['root', 'blockquote', 'listItem', 'footnoteDefinition']

/**
 * A remark plugin that makes text of what Markdown reads as HTML: `docker pull shop:<version>` keeps its last word. The
 * sanitizer would drop it.
 */
export function htmlAsText() {
  return (tree: MarkdownNode): void => replaceHtml(tree)
}

function replaceHtml(parent: MarkdownNode): void {
  if (parent.children === undefined) return
  parent.children = parent.children.flatMap((node) => {
    if (node.type !== 'html') {
      replaceHtml(node)
      return [node]
    }
    const text = linesOf(node.value ?? '')
    return blockParents.includes(parent.type) ? [{ type: 'paragraph', children: text }] : text
  })
}

/** The text with its line breaks: Markdown alone would run its lines together. */
function linesOf(text: string): MarkdownNode[] {
  return text
    .split(/\r\n?|\n/)
    .flatMap((line, index) => [...(index === 0 ? [] : [{ type: 'break' }]), { type: 'text', value: line }])
}
