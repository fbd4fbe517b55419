import { Copy } from "../shared/copy";
import type { Command } from "./commands";

/** A command, to be copied. */
export function CommandShown({ command: { title, text } }: { command: Command }) {
  return (
    <section className="stack command" aria-label={title}>
      <div className="row spread">
        <h3>{title}</h3>
        <Copy text={text} what={`“${title}”`} />
      </div>
      <pre className="detail">{text}</pre>
    </section>
  );
}
