/** The id of what holds the button of the theme, which the palette presses: apart from its code, which comes later. */
export const themeSwitchId = 'theme-switch'
