// What other packages may take from the server, as types only: a console or a command line that imports this brings
// no server code along.
export type { AppType } from './app.ts'
