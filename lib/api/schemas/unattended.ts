/** The header of a request that a page sends while nobody is at it: it does not keep the session from ending. */
export const unattendedHeader = 'stele-unattended'
