// The one script of every page: it starts the islands that the page has use for. All pages work without any of them.
import { outcome } from "./aloud.js";
import { calendar } from "./calendar.js";
import { clock } from "./clock.js";
import { composer, undo } from "./composer.js";
import { forms } from "./forms.js";
import { hold } from "./hold.js";
import { keys } from "./keys.js";
import { live } from "./live.js";
import { passkey } from "./passkey.js";
import { plot } from "./plot.js";
import { push } from "./push.js";

document.documentElement.classList.add("js");
calendar(document);
clock(document);
composer(document);
forms(document);
hold(document);
keys(document);
live(document);
outcome(document);
passkey(document);
plot(document);
push(document);
undo(document);
