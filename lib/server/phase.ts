/** Where the process is between its start and its end. Read by whatever answers differently while it stops. */
export interface Phase {
  name: 'starting' | 'ready' | 'stopping'
}
