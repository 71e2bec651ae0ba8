//! A call takes the path that the host wants, and pages that a machine's own certificate secures.

use callreel_tests::{
    Browser, Caller, Launch, PATIENCE, Relay, Result, Server, Test, ensure, everybody_meets,
    in_chromium, own_address,
};

in_chromium!(
    a_call_goes_through_a_relay_where_the_host_says_so,
    two_browsers_meet_over_a_certificate_that_the_server_made,
);

async fn a_call_goes_through_a_relay_where_the_host_says_so(test: &mut Test) -> Result {
    let relay = Relay::start()?;
    test.server_flags
        .extend(["--ice-policy", "relay", "--ice-server", &relay.flag()].map(str::to_owned));
    let server = test.server()?;
    let ann = Caller::start(Browser::Chromium, "Ann").await?;
    let bob = Caller::start(Browser::Firefox, "Bob").await?;
    for caller in [&ann, &bob] {
        caller.enter(server, "kitchen").await?;
    }
    everybody_meets(&[&ann, &bob]).await?;
    for caller in [&ann, &bob] {
        caller.page().button("Statistics").click().await?;
        let panel = caller.page().region("Statistics");
        let says = "element.innerText.toLowerCase().includes('relayed')
            && element.innerText.includes('udp · relay → relay')";
        let relayed = panel.wait_until("everything to be relayed", PATIENCE, says);
        relayed.await?;
    }
    Ok(())
}

async fn two_browsers_meet_over_a_certificate_that_the_server_made(test: &mut Test) -> Result {
    let listen = format!("{}:0", own_address());
    let data = tempfile::TempDir::new()?;
    let flags = ["--tls", "self-signed"];
    let server = Server::start_in(data.path(), &listen, &flags)?;
    let origin = server.url();
    ensure!(origin.starts_with("https://"), "{origin}");
    let mut callers = Vec::new();
    for (browser, name) in [(Browser::Chromium, "Ann"), (Browser::Firefox, "Bob")] {
        let mut launch = Launch::new(browser)?;
        launch.trusting = true;
        let caller = Caller::start_with(launch, name).await?;
        caller.enter(&server, "kitchen").await?;
        let is_secure: bool = caller.page().eval("return isSecureContext").await?;
        ensure!(is_secure, "{name} has no camera at {origin}");
        callers.push(caller);
    }
    everybody_meets(&callers.iter().collect::<Vec<_>>()).await?;
    for caller in &callers {
        caller.page().assert_no_errors()?;
    }
    test.measured(&format!("the call was at {origin}"));
    Ok(())
}
