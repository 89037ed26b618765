/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Gatehouse;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.remote.RemoteWebDriver;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * Opens the launcher's site as a newcomer does, in Debian's Chromium. The build leaves this class out where there is no
 * {@code /usr/bin/chromium}: see the profile {@code browser} in the module's POM.
 */
@Timeout(180)
final class BrowserTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path profile;

    private ChromeDriverService service;
    private RemoteWebDriver driver;

    @BeforeEach
    void openBrowser() throws IOException {
        ChromeOptions options = new ChromeOptions();
        options.setBinary("/usr/bin/chromium");
        options.addArguments(
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--window-size=1200,1600", "--user-data-dir=" + profile);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File("/usr/bin/chromedriver"))
                .usingAnyFreePort()
                .build();
        service.start();
        // Not ChromeDriver, which would ask Selenium's manager, and that the network, for a driver.
        driver = new RemoteWebDriver(service.getUrl(), options, false);
    }

    @AfterEach
    void closeBrowser() {
        try {
            driver.quit();
        } finally {
            service.stop();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void theSiteWorksWhenClicked(String transport) throws IOException {
        try (LauncherProcess launcher =
                LauncherProcess.start("gatehouse.transport=" + transport, "gatehouse.listen=http://127.0.0.1:0")) {
            URI uri = launcher.uri();
            driver.get(uri + "/");
            assertEquals("Gatehouse", driver.getTitle());
            assertTrue(driver.findElement(By.tagName("h1")).getText().contains("running"));

            WebElement greet = open("operations-greetings-greet");
            fill(greet, "tr[data-param-name='name'] input", "Grace");
            fill(greet, "tr[data-param-name='language'] input", "fr");
            execute(greet, "200", "Bonjour, Grace!");

            WebElement teach = open("operations-greetings-teach");
            execute(teach, "201", "Hej");

            WebElement list = open("operations-greetings-list");
            execute(list, "200", "Hej");

            List<String> complaints = driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                    .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                    .map(LogEntry::getMessage)
                    .toList();
            assertEquals(List.of(), complaints);
        }
    }

    /** Texts, bytes, a large message and a close, as a page sends them. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aWebSocketEchoesThroughTheGatehouse(String transport) throws IOException {
        try (WebSocketEcho origin = new WebSocketEcho();
                Gatehouse gatehouse = TestSite.builder(transport)
                        .handle("/", (request, response) -> response.field("Content-Type", "text/html").send("<title>socket</title>"))
                        .forward("/socket/", origin.text() + "/")
                        .start()) {
            driver.manage().timeouts().scriptTimeout(PATIENCE);
            driver.get(gatehouse.uri().toString());
            Object heard = driver.executeAsyncScript("""
                    const done = arguments[arguments.length - 1];
                    const heard = [];
                    const large = "x".repeat(300000);
                    const socket = new WebSocket("ws://" + location.host + "/socket/echo");
                    socket.binaryType = "arraybuffer";
                    socket.onopen = () => {
                      socket.send("gr\u00fc\u00df Gott");
                      socket.send(new Uint8Array([0, 1, 254, 255]));
                      socket.send(large);
                    };
                    socket.onmessage = message => {
                      const data = message.data;
                      heard.push(typeof data !== "string" ? new Uint8Array(data).join(" ") : data === large ? "large" : data);
                      if (heard.length === 3) socket.close(1000, "bye");
                    };
                    socket.onclose = event => done(heard.concat(event.code + " " + event.reason + " " + event.wasClean).join("|"));
                    """);
            assertEquals("gr\u00fc\u00df Gott|0 1 254 255|large|1000 bye true", heard);
            assertEquals(1, origin.heads.size());
        }
    }

    /** Unfolds an operation and presses its button "Try it out". */
    private WebElement open(String id) {
        WebElement operation = waiting().until(ExpectedConditions.presenceOfElementLocated(By.id(id)));
        operation.findElement(By.cssSelector(".opblock-summary-control")).click();
        waiting().until(ExpectedConditions.elementToBeClickable(operation.findElement(By.cssSelector(".try-out__btn"))))
                .click();
        return operation;
    }

    private void fill(WebElement operation, String field, String value) {
        WebElement input = waiting().until(in -> operation.findElement(By.cssSelector(field)));
        waiting().until(ExpectedConditions.elementToBeClickable(input));
        input.clear();
        input.sendKeys(value);
    }

    private void execute(WebElement operation, String status, String text) {
        waiting().until(in -> operation.findElement(By.cssSelector(".btn.execute"))).click();
        By answer = By.cssSelector(".live-responses-table .response");
        WebElement live = waiting().until(in -> operation.findElement(answer));
        assertEquals(status, live.findElement(By.cssSelector(".response-col_status")).getText().strip());
        String shown = live.findElement(By.cssSelector(".response-col_description")).getText();
        assertTrue(shown.contains(text), shown);
    }

    private WebDriverWait waiting() {
        return new WebDriverWait(driver, PATIENCE);
    }
}
