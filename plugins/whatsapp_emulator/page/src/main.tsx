import { render } from 'preact';
import { ChatView } from './chat-view.js';
import { ClientList } from './client-list.js';
import { ClockBar } from './clock-bar.js';
import { keepLooking, problem, tokenNeeded } from './phone.js';
import { TokenForm } from './token-form.js';

function App() {
  if (tokenNeeded.value) return <TokenForm />;
  return (
    <div class="app">
      <ClockBar />
      <ClientList />
      <ChatView />
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
    </div>
  );
}

keepLooking();
render(<App />, document.getElementById('app')!);
