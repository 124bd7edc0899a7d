import "@fontsource-variable/inter/wght.css";
import "virtual:tokens.css";
import "../theme/types.css";
import "./scan.css";
import "./sheets.css";
import { createRoot } from "react-dom/client";
import { keepPage } from "./offline/keepPage";
import { ScanApp } from "./ScanApp";
import { firstLanguage, speechIn } from "./words";

const cached = keepPage();
const speech = await speechIn(firstLanguage());
const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
createRoot(root).render(<ScanApp first={speech} cached={cached} />);
