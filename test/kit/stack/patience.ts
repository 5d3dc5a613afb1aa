/**
 * How many times longer than it says a wait goes on before it fails. A wait names what a machine with nothing else to
 * do needs at most; one that runs many things at once is slower without being wrong. A wait that succeeds costs nothing.
 */
export const PATIENCE = 3;
