import { useEffect, useState } from "react";

import type { FileStore } from "./store";

/** A picture of the person's folder, from memory: no address of it is ever in the page. */
export function Picture({ store, name, alt }: { store: FileStore; name: string; alt: string }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let isWanted = true;
    store.get(name).then(
      (blob) => {
        if (!isWanted) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      },
      // Without a preview the file can still be downloaded, which says what is wrong.
      () => undefined,
    );
    return () => {
      isWanted = false;
      if (made) URL.revokeObjectURL(made);
    };
  }, [store, name]);
  return url && <img src={url} alt={alt} />;
}
