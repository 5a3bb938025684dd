// Property tests draw the same cases on every machine, so that a change is judged by what it changes. FC_SEED=… draws others; a failure prints its seed.
const seed = Number(process.env.FC_SEED ?? 20261124);
require('fast-check').configureGlobal({ seed });
