//! What became of messages, for Prometheus.

use shared_types::http::metrics::{Counter, Metrics, MetricsError};

use crate::model::mail::{Mail, MailStatus};

/// Counts attempts to send. Cloning shares the counts.
#[derive(Debug, Clone)]
pub(crate) struct Figures(Counter);

impl Figures {
    /// Counts that are shown among the others.
    pub(crate) fn new(metrics: &Metrics) -> Result<Self, MetricsError> {
        let labels = &["channel", "template", "outcome"];
        metrics
            .counter("courier_dispatches_total", "Attempts to send a message, by what became of it", labels)
            .map(Self)
    }

    /// Counts an attempt by what the message is after it.
    pub(super) fn count(&self, mail: &Mail) {
        let outcome = match mail.status {
            MailStatus::Sent => "sent",
            MailStatus::Abandoned => "abandoned",
            MailStatus::Queued | MailStatus::Processing => "failed",
        };
        self.0.count(&[&mail.channel, &mail.template, outcome]);
    }
}
