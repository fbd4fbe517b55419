/** Has the browser download what a link leads to; nothing of it is opened in the page. */
export function follow(href: string): void {
  const link = document.createElement("a");
  link.href = href;
  // Links of this origin need the attribute; of another one, the answer's `Content-Disposition` says the same.
  link.download = "";
  link.click();
}

/** The API's path of a file. */
export const pathOfFile = (name: string): string => `/files/${name.split("/").map(encodeURIComponent).join("/")}`;
