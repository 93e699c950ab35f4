import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandLine, type CommandResult } from './command-line'

/*
 * Clients that are libraries in other programs. They log on with a configuration that `docker login` wrote, which they
 * cannot change, or with a name and a password. `home` is an empty folder for all that they keep.
 */

/** What such a client does. Everything resolves however it ends. */
export interface LibraryClient {
  /** Pushes an image or artifact with this content. */
  push(target: string, content: string): Promise<CommandResult>
  /** Pulls it again and prints its content; absent: the client cannot. */
  readonly pull?: (source: string) => Promise<CommandResult>
}

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>test</groupId>
  <artifactId>hello</artifactId>
  <version>1</version>
  <build>
    <plugins>
      <plugin>
        <groupId>com.google.cloud.tools</groupId>
        <artifactId>jib-maven-plugin</artifactId>
        <version>3.5.2</version>
        <configuration>
          <from><image>scratch</image></from>
          <container><mainClass>Hello</mainClass></container>
          <allowInsecureRegistries>true</allowInsecureRegistries>
        </configuration>
      </plugin>
    </plugins>
  </build>
</project>
`

/** Jib, which can pull an image to build another one on it. */
export interface Jib extends LibraryClient {
  /** Builds the project on the image `base` into the file `image.tar`. Resolves however it ends. */
  buildOn(base: string): Promise<CommandResult>
}

/** Jib, as Maven's plugin: builds an image of a project and pushes it. */
export async function createJib(home: string, dockerConfig: string): Promise<Jib> {
  const classes = join(home, 'target', 'classes')
  await mkdir(classes, { recursive: true })
  await writeFile(join(home, 'pom.xml'), pom)
  const env = { DOCKER_CONFIG: await keepConfig(home, dockerConfig) }
  const maven = new CommandLine(
    'mvn',
    ['--quiet', '--batch-mode', '-DsendCredentialsOverHttp=true', `-Djib.baseImageCache=${join(home, 'bases')}`],
    env,
    home,
  )
  return {
    async push(target, content) {
      await writeFile(join(classes, 'Hello.class'), content)
      return maven.attempt(['jib:build', `-Djib.to.image=${target}`])
    },
    async buildOn(base) {
      await writeFile(join(classes, 'Hello.class'), '')
      const file = join(home, 'image.tar')
      return maven.attempt([
        'jib:buildTar',
        `-Djib.from.image=${base}`,
        '-Djib.to.image=built',
        `-Djib.outputPaths.tar=${file}`,
      ])
    },
  }
}

const orasPush = `
import sys, oras.client
host = sys.argv[1].split('/')[0]
client = oras.client.OrasClient(hostname=host, insecure=True, auth_backend='basic')
client.push(target=sys.argv[1], files=['content.txt'])
`

const orasPull = `
import sys, oras.client
host = sys.argv[1].split('/')[0]
client = oras.client.OrasClient(hostname=host, insecure=True, auth_backend='basic')
for file in client.pull(target=sys.argv[1], outdir='pulled'): print(open(file).read())
`

/**
 * oras-py. It looks for Docker's configuration in the home folder only. Its other way to log on keeps the token of a
 * pull when it needs one for a push.
 */
export async function createOrasPy(home: string, dockerConfig: string): Promise<LibraryClient> {
  await keepConfig(home, dockerConfig)
  const python = new CommandLine('stele-python', [], { HOME: home }, home)
  return {
    async push(target, content) {
      await writeFile(join(home, 'content.txt'), content)
      return python.attempt(['-c', orasPush, target])
    },
    pull: (source) => python.attempt(['-c', orasPull, source]),
  }
}

/** python-dxf, which gets a token only over TLS, and trusts the certificate in this file. */
export function createDxf(
  home: string,
  { name, password }: { readonly name: string; readonly password: string },
  certificate: string,
): LibraryClient {
  const run = (target: string, ...args: string[]) => {
    const [host = '', ...path] = target.split('/')
    const env = { DXF_HOST: host, DXF_USERNAME: name, DXF_PASSWORD: password, DXF_TLSVERIFY: certificate }
    const [repository = '', alias = ''] = path.join('/').split(':')
    const [command = '', ...files] = args
    return new CommandLine('stele-python', ['-m', 'dxf'], env, home).attempt([
      command,
      repository,
      ...files,
      `@${alias}`,
    ])
  }
  return {
    async push(target, content) {
      await writeFile(join(home, 'content.txt'), content)
      return run(target, 'push-blob', 'content.txt')
    },
    pull: (source) => run(source, 'pull-blob'),
  }
}

/** Writes Docker's configuration where it is below a home folder; returns its folder. */
async function keepConfig(home: string, config: string): Promise<string> {
  const folder = join(home, '.docker')
  await mkdir(folder)
  await writeFile(join(folder, 'config.json'), config)
  return folder
}
