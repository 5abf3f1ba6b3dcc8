//! Certificates for subgraphs by TLS, made for one test: an authority, and what it signed for `localhost`.

use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

pub(crate) struct Certificates {
    authority: CertifiedIssuer<'static, KeyPair>,
    server: Certificate,
    key: KeyPair,
}

impl Certificates {
    pub(crate) fn new() -> Self {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let server = CertificateParams::new(["localhost".to_owned()])
            .unwrap()
            .signed_by(&key, &authority)
            .unwrap();
        Self {
            authority,
            server,
            key,
        }
    }

    /// What a client trusts, as PEM.
    pub(crate) fn authority(&self) -> String {
        self.authority.pem()
    }

    /// What a server shows, and its key.
    pub(crate) fn for_server(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        (vec![self.server.der().clone()], key)
    }
}
