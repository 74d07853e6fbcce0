/// What a user does at the terminal.
package enum Input: Hashable, Sendable {
    /// A key was pressed.
    case key(Key)
    /// Text was pasted as one piece; line ends are "\n". It may hold any characters.
    case paste(String)
    /// The mouse was used; only where reporting is on.
    case mouse(Mouse)
}

/// One use of the mouse.
package struct Mouse: Hashable, Sendable {
    /// The row under the pointer, from 0.
    package var row: Int
    /// The column under the pointer, from 0.
    package var column: Int
    /// What happened there.
    package var kind: Kind

    /// A mouse event at `row`, `column`.
    package init(row: Int, column: Int, kind: Kind) {
        self.row = row
        self.column = column
        self.kind = kind
    }

    /// What was done.
    package enum Kind: Hashable, Sendable {
        /// A button went down: 0 left, 1 middle, 2 right.
        case press(Int)
        /// A button was let go.
        case release
        /// One notch away from the user.
        case wheelUp
        /// One notch towards the user.
        case wheelDown
    }
}
