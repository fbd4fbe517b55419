import { sentence } from "../shared/notice";
import { baseName } from "./size";
import type { Uploads, UploadView } from "./uploads";

/** One upload: how far it is, and what can be done about it. */
export function UploadLine({ upload: { name, state }, uploads }: { upload: UploadView; uploads: Uploads }) {
  const shown = baseName(name);
  return (
    <>
      <span className="name">{shown}</span>
      {state.kind === "waiting" && <span className="quiet small">Waiting</span>}
      {state.kind === "running" && (
        <>
          <progress aria-label={`Uploading ${shown}`} value={state.share} />
          <span className="quiet small share" aria-hidden="true">{Math.floor(state.share * 100)} %</span>
        </>
      )}
      {state.kind === "failed" && (
        <>
          <span className="verdict no" role="alert">{sentence(state.error)}</span>
          <button className="plain" aria-label={`Try ${shown} again`} onClick={() => void uploads.retry(name)}>Try again</button>
        </>
      )}
      <button className="plain" aria-label={`Cancel ${shown}`} onClick={() => uploads.cancel(name)}>Cancel</button>
    </>
  );
}
