import { createRoot } from "react-dom/client";

import { App } from "./app";
import { configureAmplify, loadConfig } from "./config";
import { Doorway } from "./shared/doorway";
import "./styles.css";

const root = createRoot(document.getElementById("root") as HTMLElement);

loadConfig().then(
  (config) => {
    configureAmplify(config);
    root.render(<App config={config} />);
  },
  () =>
    root.render(
      <Doorway title="Nothing to talk to">
        <p>The server did not say where it is. Check your connection, then reload the page.</p>
      </Doorway>,
    ),
);
