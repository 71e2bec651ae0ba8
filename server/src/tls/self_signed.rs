use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair};

use super::Addresses;
use crate::{clock, private};

const DAY_MS: u64 = 24 * 3600 * 1000;
/// How long a certificate is good. Apple's devices take none that is good for longer than 398 days.
const GOOD_MS: u64 = 397 * DAY_MS;
/// How long before its end it is made anew.
const RENEW_MS: u64 = 30 * DAY_MS;

/// A certificate and its key as PEM, in one file, so that they fit each other. The first line
/// says until when it is good and for whom (text around the blocks is allowed by RFC 7468, section
/// 2).
#[derive(Debug, PartialEq, Eq)]
pub struct SelfSigned {
    /// The whole file.
    pub pem: String,
    /// Whether it was made just now.
    pub is_new: bool,
}

impl SelfSigned {
    /// The certificate of this machine, at this time in ms since 1970: the one in the file, or a
    /// new one where that is too old or for other addresses.
    ///
    /// # Errors
    ///
    /// A text for the host.
    pub fn open(file: &Path, addresses: &Addresses, now: u64) -> Result<Self, String> {
        let subjects = addresses.subjects();
        match fs::read_to_string(file) {
            Ok(pem) if is_good(&pem, &subjects, now) => {
                return Ok(Self { pem, is_new: false });
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(format!("cannot read {}: {error}", file.display())),
        }
        let pem = make(subjects, now)?;
        keep(file, &pem).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
        Ok(Self { pem, is_new: true })
    }
}

fn head(subjects: &[String], until: u64) -> String {
    format!("Until {until} for {}\n", subjects.join(" "))
}

fn is_good(pem: &str, subjects: &[String], now: u64) -> bool {
    let until = pem
        .strip_prefix("Until ")
        .and_then(|rest| rest.split_once(' ')?.0.parse::<u64>().ok());
    until.is_some_and(|until| {
        pem.starts_with(&head(subjects, until)) && now + RENEW_MS < until && until <= now + GOOD_MS
    })
}

fn make(subjects: Vec<String>, now: u64) -> Result<String, String> {
    let failed = |error: rcgen::Error| format!("cannot make a certificate: {error}");
    let until = now + GOOD_MS;
    let mut params = CertificateParams::new(subjects.clone()).map_err(failed)?;
    // Clocks of phones are not always right.
    let (year, month, day) = date(now - DAY_MS);
    params.not_before = rcgen::date_time_ymd(year, month, day);
    let (year, month, day) = date(until);
    params.not_after = rcgen::date_time_ymd(year, month, day);
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "Callreel on this machine");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.self_signed(&key).map_err(failed)?;
    let head = head(&subjects, until);
    Ok(format!(
        "{head}{}{}",
        certificate.pem(),
        key.serialize_pem()
    ))
}

/// Year, month and day.
fn date(ms: u64) -> (i32, u8, u8) {
    let (year, month, day) = clock::civil(ms / DAY_MS);
    // Of a date, each fits.
    (year as i32, month as u8, day as u8)
}

/// Writes a file that nobody else may read, all of it or nothing.
fn keep(file: &Path, pem: &str) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    private::make_dir(folder)?;
    let new = file.with_extension(format!("new-{}", std::process::id()));
    let mut out = private::options().truncate(true).open(&new)?;
    out.write_all(pem.as_bytes())?;
    out.sync_all()?;
    fs::rename(&new, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_795_000_000_000;

    fn addresses(address: &str) -> Addresses {
        Addresses {
            names: vec!["localhost".into()],
            addresses: vec![address.parse().expect("it is one")],
        }
    }

    #[test]
    fn one_certificate_is_kept_until_it_is_old_or_of_another_place() {
        let dir = std::env::temp_dir().join(format!("callreel-tls-{}", std::process::id()));
        let file = dir.join("tls/self-signed.pem");
        let open = |address, now| SelfSigned::open(&file, &addresses(address), now);
        let first = open("192.0.2.7", NOW).expect("it is made");
        assert!(first.is_new && first.pem.contains("PRIVATE KEY"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&file)
                .expect("it is there")
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let almost = NOW + GOOD_MS - RENEW_MS - 1;
        for now in [NOW, almost] {
            let again = open("192.0.2.7", now).expect("it is there");
            assert!(!again.is_new && again.pem == first.pem);
        }
        assert!(open("192.0.2.7", almost + 1).expect("it is made").is_new);
        assert!(open("192.0.2.8", almost + 2).expect("it is made").is_new);
        // A clock that was wrong, and a file that is damaged.
        assert!(open("192.0.2.8", NOW).expect("it is made").is_new);
        fs::write(&file, "Until tomorrow").expect("the folder is ours");
        assert!(open("192.0.2.8", NOW).expect("it is made").is_new);
        fs::remove_dir_all(&dir).expect("the folder is ours");
    }
}
