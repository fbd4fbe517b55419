import { useEffect, useState, type ReactNode } from "react";

import type { FileStore } from "./store";

interface PictureProps {
  store: FileStore;
  name: string;
  alt: string;
  /** Shown in its place if it cannot be had, or is no picture in spite of its name: it can still be downloaded. */
  otherwise?: ReactNode;
}

/** A picture of the person's folder, from memory: no address of it is ever in the page. */
export function Picture({ store, name, alt, otherwise }: PictureProps) {
  const [url, setUrl] = useState<string | null>(null);
  const [isLost, setIsLost] = useState(false);
  useEffect(() => {
    let made: string | null = null;
    let isWanted = true;
    store.get(name).then(
      (blob) => {
        if (!isWanted) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      },
      () => isWanted && setIsLost(true),
    );
    return () => {
      isWanted = false;
      if (made) URL.revokeObjectURL(made);
    };
  }, [store, name]);
  if (isLost) return otherwise;
  return url && <img src={url} alt={alt} onError={() => setIsLost(true)} />;
}
