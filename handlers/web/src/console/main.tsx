import { createRoot } from "react-dom/client";

import "../styles.css";
import "./console.css";
import { Console } from "./console";

createRoot(document.getElementById("root") as HTMLElement).render(<Console />);
