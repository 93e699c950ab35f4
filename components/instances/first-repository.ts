/** The repository that a push creates, where any will do. */
export const firstRepository = 'hello'
