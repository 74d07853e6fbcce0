/// What the program needs of a terminal. The one on ncurses is in CursesTerminal; tests bring their own.
package protocol Terminal: ~Copyable {
    /// The extent of the window.
    var size: Size { get }

    /// Shows `surface`. A second call with the same surface writes nothing.
    mutating func present(_ surface: borrowing Surface)

    /// True while the terminal has not taken the last frame (a slow link): skip frames, never keys.
    var isBacklogged: Bool { get }

    /// Hands over what the terminal takes now of the last frame; never blocks. To be called when it can be written to.
    mutating func flush()

    /// The next thing the user did; nil when nothing waits. Waits only where an escape key may be the start of a
    /// sequence.
    mutating func nextInput() -> Input?

    /// True when the terminal went away: nothing will come from it any more.
    var isClosed: Bool { get }

    /// Takes the window's new size.
    mutating func resize()

    /// Gives the terminal back to the shell, as before.
    mutating func suspend()

    /// Takes the terminal again after `suspend`; the next `present` draws everything.
    mutating func resume()

    /// Makes the next `present` draw everything, whatever the screen shows now.
    mutating func repaint()

    /// Offers text to the clipboard of the terminal; false when it is too long or the terminal cannot take any.
    /// Whether the terminal took it cannot be known.
    @discardableResult
    mutating func copy(_ text: [UInt8]) -> Bool

    /// Gives the terminal back for good.
    mutating func close()
}
