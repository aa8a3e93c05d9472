// Comfort only: every page works without this.
"use strict";
const problem = document.getElementById("problem");
if (problem) problem.focus();
