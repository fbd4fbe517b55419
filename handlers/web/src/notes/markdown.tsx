import ReactMarkdown from "react-markdown";
import rehypeSanitize from "rehype-sanitize";
import remarkGfm from "remark-gfm";

/** A note as it reads. What is HTML in it is shown as nothing, and links run no script. */
export function Markdown({ text }: { text: string }) {
  return (
    <ReactMarkdown
      remarkPlugins={[remarkGfm]}
      rehypePlugins={[rehypeSanitize]}
      skipHtml
      components={{
        a: ({ href, children }) => <a href={href} target="_blank" rel="noopener noreferrer">{children}</a>,
        // A list's boxes are read, not ticked.
        input: ({ checked }) => <span role="img" aria-label={checked ? "done:" : "to do:"}>{checked ? "☑" : "☐"}</span>,
      }}
    >
      {text}
    </ReactMarkdown>
  );
}
