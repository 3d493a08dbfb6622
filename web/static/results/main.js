// The results pages, quicker and easier: a slider that is followed at once, lists that change
// without the page being loaded, a large view with zoom and keys. Without this script every page
// works by links and forms.

import { followAnswers } from "./keys.js";
import "./moments.js";
import { followPackage } from "./package.js";
import { followThreshold } from "./threshold.js";
import { followView } from "./view.js";
import { followViewer } from "./viewer.js";
import { makeZoomable } from "./zoom.js";

const filters = document.getElementById("filters");

makeZoomable(document);
followViewer();
followAnswers();
followPackage();
if (filters) {
  followThreshold(filters);
  followView(filters);
}
