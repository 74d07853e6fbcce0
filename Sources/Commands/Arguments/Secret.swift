/// Bytes that must not be seen: whatever prints or inspects one shows three asterisks.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The bytes themselves.
    package let bytes: [UInt8]

    /// The secret `bytes`.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Not the secret.
    package var description: String { "***" }
    /// Not the secret either.
    package var debugDescription: String { description }
    /// Nothing inside can be seen.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where the password comes from.
package enum PasswordSource: Sendable, Hashable {
    /// There is none.
    case none
    /// It is this one: by an option, a URL or the environment.
    case given(Secret)
    /// It is the first line of the file at this path.
    case file(String)
    /// It is asked for on the terminal, unseen.
    case prompt
}
