/** Shorter ones are refused: length is what makes a password hard to guess. */
export const PASSWORD_MIN = 12
export const PASSWORD_MAX = 128
