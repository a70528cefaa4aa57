//! What authenticators call themselves, by the number their makers give a model (AAGUID): a name people know their passkey
//! by until they have one of their own for it.

/// The number's hexadecimal digits, and the name.
const MAKES: &[(&str, &str)] = &[
    ("08987058cadc4b81b6e130de50dcbe96", "Windows Hello"),
    ("0ea242b443c44a1b8b17dd6d0b6baec6", "Keeper"),
    ("531126d6e717415c93203d9aa6981239", "Dashlane"),
    ("53414d53554e47000000000000000000", "Samsung Pass"),
    ("6028b017b1d44c02b4b3afcdafc96bb2", "Windows Hello"),
    ("771b48fdd3d44f749232fc157ab0507a", "Edge on Mac"),
    ("9ddd1817af5a4672a2b93e3dd95000a9", "Windows Hello"),
    ("adce000235bcc60a648b0b25f1f05503", "Chrome on Mac"),
    ("b53976664885aa6bcebfe52262a439a2", "Chromium"),
    ("b84e404815dc4dd08640f4f60813c8af", "NordPass"),
    ("bada5566a7aa401fbd9645619a55120d", "1Password"),
    ("d548826e79b4db40a3d811116f7e8349", "Bitwarden"),
    ("dd4ec289e01d41c9bb8970fa845d4bf2", "iCloud Keychain"),
    ("ea9b8d664d011d213ce4b6b48cb575d4", "Google Password Manager"),
    ("f38095407f1449c1a8b38f813b225541", "Enpass"),
    ("fbfc3007154e4ecc8c0b6e020557d7bd", "iCloud Keychain"),
];

/// The name of a model.
pub(super) fn name(aaguid: &[u8]) -> Option<&'static str> {
    let digits = data_encoding::HEXLOWER.encode(aaguid);
    MAKES.iter().find(|(number, _)| *number == digits).map(|(_, name)| *name)
}
