// These rules are written in JavaScript like the page they are about, so that jsconfig.json checks both together.
import './rules.js';
